/** Ends a test run with plain lines, for people and machines that read logs: what was skipped and why, how many ran. */
import type { Reporter, TestModule } from 'vitest/node';

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const skipped = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state]++;
        // The outermost group of a skipped test says why it cannot run here.
        const why = test.fullName.split(' > ')[0]!;
        if (state === 'skipped') skipped.set(why, (skipped.get(why) ?? 0) + 1);
      }
      // A file that could not be loaded has no tests to fail.
      if (module.errors().length > 0) count.failed++;
    }
    for (const [why, times] of skipped) process.stdout.write(`\nskipped: ${times} tests ${why}`);
    process.stdout.write(
      `\n${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped\n`,
    );
  }
}
