/** All families by id. Adding one is adding a row. */
import { cgan } from './cgan.ts';
import { cut } from './cut.ts';
import { cyclegan } from './cyclegan.ts';
import type { Family } from './family.ts';
import { pix2pix } from './pix2pix.ts';

export const FAMILIES: ReadonlyMap<string, Family> = new Map(
  [pix2pix, cyclegan, cut, cgan].map((family) => [family.id, family]),
);
