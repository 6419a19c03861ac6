import { describe, expect, it } from 'vitest';
import { groupsOf, rowsOf, type PreviewRow } from './preview-pictures.ts';

const row = (name: string, direction: PreviewRow['direction']): PreviewRow => ({
  ...{ name, direction },
  columns: ['input', 'result', 'truth'],
});

describe('the rows of a preview', () => {
  it('are one group where a training goes one way', () => {
    const rows = [row('cup', null), row('bowl', null)];
    expect(groupsOf(rows)).toEqual([{ direction: null, from: 0, rows }]);
  });
  it('are two groups where it goes both ways, in their order', () => {
    const rows = [row('cup', 'AtoB'), row('bowl', 'AtoB'), row('x', 'BtoA')];
    expect(groupsOf(rows).map(({ direction, from, rows: of }) => [direction, from, of.length])).toEqual([
      ['AtoB', 0, 2],
      ['BtoA', 2, 1],
    ]);
  });
  it('are boxes as they will come, before they do', () => {
    expect(rowsOf({ previewRows: [], data: 'sets', does: 'translate' })[0]!.columns).toEqual([
      'input',
      'result',
      'example',
    ]);
    expect(
      rowsOf({ previewRows: [], data: 'labelled', does: 'generate' }).map(({ columns }) => columns.join()),
    ).toEqual(Array<string>(6).fill('result'));
    const rows = [row('cup', null)];
    expect(rowsOf({ previewRows: [], data: 'pictures', does: 'upscale' })[0]!.columns).toEqual([
      'input',
      'result',
      'truth',
    ]);
    expect(rowsOf({ previewRows: rows, data: 'pairs', does: 'translate' })).toEqual(rows);
  });
});
