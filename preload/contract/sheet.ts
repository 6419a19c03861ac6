/** Where the cells of a preview sheet are: written by the trainer, cut by the studio and shown by the window. */

/** Pixels between and around the cells of a sheet of pictures of `size` pixels. */
export const sheetGap = (size: number): number => Math.max(2, size >> 5);
