/** All families by id. Adding one is adding a row. */
import { cut } from './cut.ts';
import { cyclegan } from './cyclegan.ts';
import type { Family } from './family.ts';
import { pix2pix } from './pix2pix.ts';

export const FAMILIES: ReadonlyMap<string, Family> = new Map(
  [pix2pix, cyclegan, cut].map((family) => [family.id, family]),
);
