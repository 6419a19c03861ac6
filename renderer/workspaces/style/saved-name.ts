/** The name under which a shown result is saved. The window is given results as WebP; the PNG lies in the project. */
export const savedName = (name: string): string => `${name.replace(/\.[^.]+$/, '')}.webp`;
