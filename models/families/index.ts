/** All families by id. Adding one is adding a row. */
import { acgan } from './acgan.ts';
import { cgan } from './cgan.ts';
import { cut } from './cut.ts';
import { cyclegan } from './cyclegan.ts';
import { dcgan } from './dcgan.ts';
import type { Family } from './family.ts';
import { fewshot } from './fewshot.ts';
import { infogan } from './infogan.ts';
import { pix2pix } from './pix2pix.ts';
import { srgan } from './srgan.ts';

export const FAMILIES: ReadonlyMap<string, Family> = new Map(
  [pix2pix, cyclegan, cut, fewshot, dcgan, cgan, acgan, infogan, srgan].map((family) => [family.id, family]),
);
