/** Palettes that a person keeps. Each function gives the list as it is afterwards. */
import type { Settings } from '../../../preload/contract/index.ts';

type Palette = Settings['palettes'][number];
type Palettes = readonly Palette[];

/** As the contract has them: only its types cross into the window. */
const [MOST, MOST_COLOURS] = [64, 512];

const changed = (palettes: Palettes, at: number, change: (palette: Palette) => Partial<Palette>): Palette[] =>
  palettes.map((palette, i) => (i === at ? { ...palette, ...change(palette) } : palette));

/** With a colour more, at the end; the first one begins a palette of its own. One that is there already stays where it is. */
export function withColour(
  palettes: Palettes,
  at: number,
  { colour, title }: { colour: string; title: string },
): Palette[] {
  if (palettes.length === 0) return [{ title, colours: [colour] }];
  return changed(palettes, at, ({ colours }) => ({
    colours: colours.includes(colour) || colours.length >= MOST_COLOURS ? colours : [...colours, colour],
  }));
}

export const withoutColour = (palettes: Palettes, at: number, colour: string): Palette[] =>
  changed(palettes, at, ({ colours }) => ({ colours: colours.filter((each) => each !== colour) }));

export const renamed = (palettes: Palettes, at: number, title: string): Palette[] =>
  changed(palettes, at, () => ({ title: title.trim().slice(0, 120) || palettes[at]!.title }));

/** With another palette, at the end. */
export const withPalette = (palettes: Palettes, palette: Palette): Palette[] =>
  [...palettes, { ...palette, colours: palette.colours.slice(0, MOST_COLOURS) }].slice(0, MOST);

export const withoutPalette = (palettes: Palettes, at: number): Palette[] => palettes.toSpliced(at, 1);
