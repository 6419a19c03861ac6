import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../main/root.ts';
import { projectsTogether, startersFirst } from './engines-first.ts';

it('begins with what starts an engine or a window, and leaves all else in its order', () => {
  const files = [
    'renderer/canvas/history.test.ts',
    'main/studio/resume.test.ts',
    'models/graph/graph.test.ts',
    'e2e/drops.test.ts',
  ];
  const sorted = startersFirst(files, (file) => readFileSync(join(ROOT, file), 'utf8'));
  expect(sorted).toEqual([files[1], files[3], files[0], files[2]]);
});

it('keeps together what shares a process, and begins with what does not', () => {
  const files = ['pure 1', 'work 1', 'pure 2', 'work 2'];
  const sorted = projectsTogether(files, (file) => file.split(' ')[0]!);
  expect(sorted).toEqual(['work 1', 'work 2', 'pure 1', 'pure 2']);
});
