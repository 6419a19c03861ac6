/** Whether what can be pressed, and the figures beside it, are there to be seen: not cut off, and nothing lying on them. */
import type { Page } from 'playwright';

/** Windows and interface scales at which everything has to have its place. */
const NARROW = [
  { width: 1100, height: 700, scale: 1 },
  { width: 900, height: 700, scale: 1 },
  { width: 1100, height: 700, scale: 1.5 },
  { width: 900, height: 700, scale: 1.5 },
];

/** So often is looked again before something is in trouble. */
const PATIENCE = 6;

/** What is cut off or covered of the screen that is shown now, in narrow windows; each in a line. */
export async function crowded(page: Page): Promise<string[]> {
  const size = page.viewportSize()!;
  const found: string[] = [];
  for (const { scale, ...narrow } of NARROW) {
    await page.setViewportSize(narrow);
    await page.evaluate((to) => document.documentElement.style.setProperty('--scale', `${to}`), scale);
    // What measures itself follows a little later, on a loaded machine later still.
    let lines = await page.evaluate(troubles);
    for (let tries = 0; lines.length > 0 && tries < PATIENCE; tries++) {
      await page.waitForTimeout(150);
      lines = await page.evaluate(troubles);
    }
    for (const line of lines) found.push(`${narrow.width} px, ${scale * 100} %: ${line}`);
  }
  await page.evaluate(() => document.documentElement.style.setProperty('--scale', '1'));
  await page.setViewportSize(size);
  return found;
}

/** Runs in the window. */
function troubles(): string[] {
  const dialogs = [...document.querySelectorAll('[role=dialog], [role=alertdialog], [role=menu]')];
  const root = dialogs.at(-1) ?? document.body;
  const nameOf = (element: Element): string =>
    `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40)}"`;
  const found: string[] = [];
  for (const element of root.querySelectorAll('button, a[href], input, select, textarea, dd')) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const inside = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    let scrolls = false;
    for (let outer = element.parentElement; outer; outer = outer.parentElement) {
      const { overflowX, overflowY, position } = getComputedStyle(outer);
      const edge = outer.getBoundingClientRect();
      if (overflowX !== 'visible' || overflowY !== 'visible') {
        if (/auto|scroll/.test(overflowX + overflowY)) scrolls = true;
        inside.left = Math.max(inside.left, edge.left);
        inside.right = Math.min(inside.right, edge.right);
        inside.top = Math.max(inside.top, edge.top);
        inside.bottom = Math.min(inside.bottom, edge.bottom);
      }
      if (position === 'fixed') break;
    }
    // What can be scrolled into view is not cut off.
    if (scrolls) {
      const y = (box.top + box.bottom) / 2;
      const x = (box.left + box.right) / 2;
      if (x < inside.left || x > inside.right || y < inside.top || y > inside.bottom) continue;
    } else if (
      box.left < inside.left - 2 ||
      box.top < inside.top - 2 ||
      box.right > inside.right + 2 ||
      box.bottom > inside.bottom + 2
    ) {
      found.push(`${nameOf(element)} is cut off`);
      continue;
    }
    for (const [fx, fy] of [
      [0.5, 0.5],
      [0.12, 0.5],
      [0.88, 0.5],
    ] as const) {
      const [x, y] = [box.left + fx * box.width, box.top + fy * box.height];
      if (x < inside.left || x > inside.right || y < inside.top || y > inside.bottom) continue;
      const hit = document.elementFromPoint(x, y);
      if (!hit || hit.contains(element) || element.contains(hit)) continue;
      if (hit.closest('label')?.contains(element)) continue;
      // What shows itself only under the pointer, and is as small as what it lies on is large.
      if (!hit.checkVisibility({ opacityProperty: true })) continue;
      found.push(`${nameOf(element)} lies under ${nameOf(hit)}`);
      break;
    }
  }
  return found;
}
