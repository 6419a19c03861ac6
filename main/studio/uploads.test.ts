import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { temporary } from '../testing/folder.ts';
import { keepUploads, releaseUploads, sweepUploads, UPLOADS } from './uploads.ts';

const place = temporary();
afterAll(() => place.remove());
const upload = (...parts: string[]): string => place.path(...UPLOADS, ...parts);

describe('uploads', () => {
  it('stay while something needs them, and go when nothing does', () => {
    for (const id of ['one', 'two', 'three']) {
      mkdirSync(upload(id, 'art'), { recursive: true });
      writeFileSync(upload(id, 'art', 'cup.png'), 'x');
    }
    keepUploads([upload('one', 'art', 'cup.png'), place.path('elsewhere.png')], 'batch-a');
    keepUploads([upload('one', 'art', 'cup.png'), upload('two', 'art', 'cup.png')], 'batch-b');
    sweepUploads(place.path());
    expect(['one', 'two', 'three'].map((id) => existsSync(upload(id)))).toEqual([true, true, false]);
    releaseUploads([upload('one', 'art', 'cup.png'), upload('two', 'art', 'cup.png')], 'batch-b');
    expect(['one', 'two'].map((id) => existsSync(upload(id)))).toEqual([true, false]);
    releaseUploads([upload('one', 'art', 'cup.png')], 'batch-a');
    expect(existsSync(upload('one'))).toBe(false);
    sweepUploads(place.path('no-project'));
  });
});
