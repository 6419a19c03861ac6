/** Pictures for the viewer. */

/** Loads a picture. @throws Error when it cannot be shown */
export async function loadPicture(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}
