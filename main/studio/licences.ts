/** The notices that go with sample datasets, as their licences ask. */

const mit = (holder: string): string => `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

/** Two styles of Fluent Emoji: the drawings of an npm package, and the renders of another. */
const fluentEmoji = (
  drawings: string,
  style: string,
  drawingsPackage: string,
): string => `# Where these pictures come from

They are Fluent Emoji by Microsoft Corporation (https://github.com/microsoft/fluentui-emoji), under the MIT licence, in
two styles that were joined by code point and converted to 256 px PNG.

## A/: ${drawings}

"${style}", from the npm package ${drawingsPackage}.

${mit('Microsoft Corporation.')}
## B/: renders

"Fluent Emoji 3D", from the npm package @lobehub/fluent-emoji-3d, which packs Microsoft's renders.

${mit('2023 LobeHub')}`;

export const PROPS_LICENCES = fluentEmoji(
  'ink drawings',
  'Fluent Emoji High Contrast',
  '@iconify-json/fluent-emoji-high-contrast',
);

export const RENDERS_LICENCES = fluentEmoji('flat drawings', 'Fluent Emoji Flat', '@iconify-json/fluent-emoji-flat');

export const PORTRAITS_LICENCES = `# Where these pictures come from

They were drawn by DiceBear (https://www.dicebear.com) from seeds, in two styles by Lisa Wischofsky
(https://www.instagram.com/lischi_art/), and converted to 256 px PNG.

## trainA/: ink portraits

"Lorelei" (https://www.figma.com/community/file/1198749693280469639), under CC0 1.0
(https://creativecommons.org/publicdomain/zero/1.0/), from the npm package @dicebear/lorelei.

## trainB/: coloured portraits

"Adventurer" (https://www.figma.com/community/file/1184595184137881796), under CC BY 4.0
(https://creativecommons.org/licenses/by/4.0/), from the npm package @dicebear/adventurer. They were mirrored.
Whoever passes these pictures on, or pictures that a model made from them, names the designer: Lisa Wischofsky.

## The code that draws them

${mit('2024 Florian Körner')}`;

/** Characters that DiceBear draws from seeds. */
const characters = (style: string, designer: string, source: string, pack: string): string =>
  `# Where these pictures come from

They were drawn by DiceBear (https://www.dicebear.com) from seeds, in the style "${style}" by ${designer},
under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), ${source}, from the npm package ${pack},
and converted to 256 px PNG on white.
`;

export const CHARACTERS_LICENCES = characters(
  'ToonHead',
  'Johan Melin (https://www.johanmelin.com)',
  'https://www.figma.com/community/file/1589627891082866389',
  '@dicebear/toon-head',
);

export const ADVENTURERS_LICENCES = characters(
  'Adventurer',
  'Lisa Wischofsky (https://www.instagram.com/lischi_art/)',
  'https://www.figma.com/community/file/1184595184137881796',
  '@dicebear/adventurer',
);

export const MATERIALS_LICENCES = `# Where these pictures come from

They were computed by Maquette, and are anybody's to use, under CC0 1.0
(https://creativecommons.org/publicdomain/zero/1.0/).
`;
