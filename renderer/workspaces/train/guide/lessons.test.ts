import { expect, it } from 'vitest';
import { lessonsAt, type Standing } from './lessons.ts';

const begun: Standing = { judged: false, shown: false, share: null, ended: false };

it.each<[string, Partial<Standing>, string[]]>([
  ['at first', {}, ['forger']],
  ['once the expert speaks', { judged: true, share: 0.01 }, ['forger', 'expert']],
  ['with the first pictures', { judged: true, shown: true, share: 0.2 }, ['forger', 'expert', 'pictures']],
  ['half way', { judged: true, shown: true, share: 0.5 }, ['forger', 'expert', 'pictures', 'even']],
  ['stopped early', { judged: true, shown: true, share: 0.3, ended: true }, ['forger', 'expert', 'pictures', 'done']],
])('%s the guide says what there is to see', (_, standing, lessons) => {
  expect(lessonsAt({ ...begun, ...standing })).toEqual(lessons);
});
