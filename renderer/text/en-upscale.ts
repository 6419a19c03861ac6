/** The words of the Upscale workspace; what it shares with Style is said there. */
import { count } from './numbers.ts';
import { style } from './en-style.ts';

export const upscale = {
  title: 'Upscale',
  upscalers: 'What enlarges',
  yours: (factor: number) => `Yours: ${factor}×`,
  size: 'Size',
  sizes: { factor: 'Times', width: 'Width', height: 'Height' },
  factor: 'Times as large',
  width: 'Width in pixels',
  height: 'Height in pixels',
  between: (low: number, high: number) => `A number from ${count(low)} to ${count(high)}.`,
  factorHint: 'Below 1, pictures become smaller.',
  sizeHint: 'Pictures keep their shape; those that are larger become smaller.',
  wrap: 'Textures that tile',
  wrapHint: 'What crosses an edge goes on at the opposite one.',
  keepColours: 'Keep colours',
  keepColoursHint: 'Tints and light stay as in the picture; only what is fine is new.',
  layers: 'PSDs layer by layer',
  layersHint: 'Saved as PSD, they keep their layers.',
  softness: 'Softness',
  softerModel: (softer: string) => `At 100 % it enlarges as “${softer}” does, which it was taught from.`,
  softerPretraining: 'At 100 % it invents nothing: as it was before a discriminator judged it.',
  percent: (share: number) => `${Math.round(share * 100)} %`,
  keep: {
    tool: 'Paint where it stays as it was',
    area: (name: string) => `${name}: paint where it stays as it was. Arrows move the brush, Space paints.`,
    brush: 'Brush',
    erase: 'Erase',
    undo: 'Undo the last stroke',
  },
  to: {
    factor: (n: number) => `${n}×`,
    side: (width?: number, height?: number) => `${width ?? '…'} × ${height ?? '…'}`,
  },
  wrapped: 'seamless',
  keptColours: 'colours kept',
  layered: 'layer by layer',
  inTiles: (side: number) => `in tiles of ${count(side)} px`,
  softened: (share: number) => `${Math.round(share * 100)} % softer`,

  batches: 'Enlarged',
  noBatches: 'Pictures that you enlarge are kept here.',
  states: { ...style.states, running: 'Enlarging' },
  begin: {
    ...style.begin,
    title: 'Make pictures larger',
    text: (what: string) =>
      `Drop pictures or a whole folder here. “${what}” enlarges them; edges stay crisp, transparency and folders stay as they are.`,
    pick: 'Choose pictures to enlarge',
    drop: (what: string) => `Drop to enlarge with “${what}”`,
    modelFirst: 'Choose a size first: a number of times, or pixels.',
  },
  waiting: 'Not enlarged yet',
  another: 'Enlarge…',
};
