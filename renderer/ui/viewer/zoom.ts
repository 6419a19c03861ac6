/** The maths of looking closely: a picture's scale and place in a box. */

export interface View {
  scale: number;
  /** Of the picture's top left corner, in the box. */
  x: number;
  y: number;
}
export interface Size {
  width: number;
  height: number;
}

const MARGIN = 24;
export const LEAST = 0.05;
export const MOST = 64;

/** The whole picture, in the middle. Small pictures are enlarged by whole numbers, so that their pixels stay square. */
export function fit(picture: Size, box: Size): View {
  const room = Math.min((box.width - 2 * MARGIN) / picture.width, (box.height - 2 * MARGIN) / picture.height);
  const scale = room > 1 ? Math.floor(room) : Math.max(LEAST, room);
  return { scale, x: (box.width - picture.width * scale) / 2, y: (box.height - picture.height * scale) / 2 };
}

/** Another scale, with what is under the point staying under it. */
export function zoomAt(view: View, factor: number, at: { x: number; y: number }): View {
  const scale = Math.max(LEAST, Math.min(MOST, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}
