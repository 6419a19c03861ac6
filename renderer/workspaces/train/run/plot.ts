/** One uPlot chart in the studio's look. Knows nothing of Svelte; colours are read from the theme whenever it draws. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { figure } from '../../../text/numbers.ts';
import { smoothed, type Series } from './curve-data.ts';

export interface PlotOptions {
  range: [number, number] | null;
  /** Whether values of different magnitudes are to be seen together (asinh: like a logarithm, but through 0). */
  magnitudes: boolean;
  /** A value that is marked across the chart. */
  line: { at: number; label: string } | null;
  format: (value: number) => string;
}

/** Beside the colours: how curves are told apart by who sees few of them. */
const DASHES: readonly number[][] = [[], [6, 3], [2, 3], [8, 3, 2, 3], [4, 4], [1, 4], [10, 3, 2, 3, 2, 3], [12, 2]];
const HEIGHT = 132;

const ASINH: uPlot.Scale = { distr: 4, asinh: 0.1 };
/** Marks of an axis of magnitudes. */
const TENS = [-100, -10, -1, 0, 0.1, 1, 10, 100, 1000];

/** The name of a curve's colour. */
export const colourOf = (index: number): string => `--curve-${(index % DASHES.length) + 1}`;
export const dashOf = (index: number): readonly number[] => DASHES[index % DASHES.length]!;

export class Plot {
  readonly #box: HTMLElement;
  readonly #options: PlotOptions;
  readonly #probe: HTMLElement;
  #chart: uPlot | null = null;
  #names = '';

  constructor(box: HTMLElement, options: PlotOptions) {
    this.#box = box;
    this.#options = options;
    this.#probe = box.appendChild(document.createElement('i'));
    this.#probe.hidden = true;
  }

  /** Draws the curves; those in `hidden` are left out. */
  draw({ steps, values }: Series, hidden: ReadonlySet<string>): void {
    const names = Object.keys(values);
    if (!this.#chart || this.#names !== names.join()) this.#make(names);
    names.forEach((name, i) => {
      const show = !hidden.has(name);
      for (const at of [1 + i, 1 + names.length + i])
        if (this.#chart!.series[at]!.show !== show) this.#chart!.setSeries(at, { show });
    });
    const curves = names.map((name) => values[name]!);
    this.#chart!.setData([steps, ...curves, ...curves.map(smoothed)]);
  }

  resize(width: number): void {
    if (width > 0) this.#chart?.setSize({ width, height: HEIGHT });
  }

  /** After the theme changed. */
  redraw(): void {
    this.#chart?.redraw(false, true);
  }

  destroy(): void {
    this.#chart?.destroy();
    this.#probe.remove();
  }

  #make(names: readonly string[]): void {
    this.#chart?.destroy();
    this.#names = names.join();
    const { range, magnitudes, line, format } = this.#options;
    const axis: uPlot.Axis = {
      stroke: () => this.#colour('--ink-2'),
      font: '11px system-ui',
      ticks: { show: false },
      grid: { stroke: () => this.#colour('--line'), width: 1 },
    };
    this.#chart = new uPlot(
      {
        width: this.#box.clientWidth || 300,
        height: HEIGHT,
        padding: [8, 4, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false },
          y: range ? { range } : magnitudes ? ASINH : {},
        },
        axes: [
          { ...axis, size: 24, gap: 4, grid: { show: false }, values: (_, all) => all.map(short) },
          {
            ...axis,
            size: 44,
            gap: 4,
            space: 28,
            ...(magnitudes && {
              splits: (_: uPlot, __: number, min: number, max: number) => TENS.filter((n) => n >= min && n <= max),
            }),
            values: (_, all) => all.map((value: number | null) => (value === null ? '' : format(value))),
          },
        ],
        series: [
          {},
          ...names.map((_, i) => this.#line(i, { width: 1, alpha: 0.25 })),
          ...names.map((_, i) => this.#line(i, { width: 1.75, dash: [...dashOf(i)] })),
        ],
        hooks: line ? { draw: [(chart) => this.#mark(chart, line)] } : {},
      },
      [[], ...names.map(() => []), ...names.map(() => [])],
      this.#box,
    );
  }

  /** Every curve is drawn twice: faint as it is, and its running mean. */
  #line(index: number, over: uPlot.Series): uPlot.Series {
    return { stroke: () => this.#colour(colourOf(index)), points: { show: false }, spanGaps: true, ...over };
  }

  #mark(chart: uPlot, { at, label }: { at: number; label: string }): void {
    const { ctx, bbox } = chart;
    const y = chart.valToPos(at, 'y', true);
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = this.#colour('--ink-2');
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.font = `${11 * devicePixelRatio}px system-ui`;
    ctx.textAlign = 'right';
    ctx.textBaseline = 'bottom';
    // A halo: the curves often run right through here.
    ctx.setLineDash([]);
    ctx.lineWidth = 4 * devicePixelRatio;
    ctx.lineJoin = 'round';
    ctx.strokeStyle = this.#colour('--surface');
    ctx.strokeText(label, bbox.left + bbox.width, y - 3 * devicePixelRatio);
    ctx.fillText(label, bbox.left + bbox.width, y - 3 * devicePixelRatio);
    ctx.restore();
  }

  /** What a colour of the theme is now: custom properties themselves are not resolved. */
  #colour(name: string): string {
    this.#probe.style.color = `var(${name})`;
    return getComputedStyle(this.#probe).color;
  }
}

const short = (step: number): string => (step >= 10_000 ? `${figure(step / 1000)}k` : `${step}`);
