/** What the windows of a test's studios said when they were closed: told when the test failed. */
import { beforeEach } from 'vitest';
import { seen } from './seen.ts';

beforeEach(({ onTestFailed }) => {
  seen.length = 0;
  onTestFailed(() => {
    // eslint-disable-next-line no-console -- whoever reads that a test failed has no window to look at
    for (const text of seen) console.error(`The window said:\n${text}\n`);
  });
});
