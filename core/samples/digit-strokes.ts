import type { Point } from './chance.ts';

/**
 * How the digits are written: for each digit several styles, each a list of strokes.
 *
 * A stroke is the points the pen passes, in a box from (0, 0) at the top left to (1, 1) at the bottom right; between
 * them the pen follows a smooth curve, and where it turns sharply one stroke ends and the next begins. The styles are
 * ordinary school hands, among them the seven with a stem on its left and the open four usual in Korea.
 */
export type Stroke = readonly Point[];
export type DigitStyle = readonly Stroke[];

/** A style from its strokes, each written as the points `x,y` in hundredths of the box. */
function written(...strokes: readonly string[]): DigitStyle {
  return strokes.map((stroke) =>
    stroke.split(' ').map((point) => {
      const [x, y] = point.split(',').map(Number);
      return { x: x! / 100, y: y! / 100 };
    }),
  );
}

export const digitStyles: readonly (readonly DigitStyle[])[] = [
  // 0
  [
    written('58,2 25,14 8,50 22,88 52,99 82,84 94,48 80,12 52,1'),
    written('50,0 28,18 20,50 30,85 52,100 72,82 78,48 70,16 46,1'),
    written('70,8 42,4 14,32 10,70 34,98 70,88 92,55 84,20 56,4 40,16'),
  ],
  // 1
  [
    written('52,0 50,50 48,100'),
    written('28,22 42,13 56,0', '56,0 54,50 53,100'),
    written('26,24 42,14 54,1', '54,1 53,50 52,98', '24,99 52,98 80,98'),
  ],
  // 2
  [
    written('12,24 28,5 58,1 82,16 76,42 46,70 10,97', '10,97 50,96 92,95'),
    written('16,20 40,2 72,8 78,34 56,64 26,90 10,90 16,76 40,82 66,97 94,88'),
    written('10,10 45,2 78,10 72,40 34,74 14,95', '14,95 40,88 62,96 90,90'),
  ],
  // 3
  [
    written('14,14 42,0 76,10 78,32 42,47', '42,47 80,54 88,78 60,98 28,97 8,82'),
    written('14,4 46,3 82,2', '82,2 60,22 42,40', '42,40 76,44 90,70 66,95 34,99 8,86'),
    written('20,10 52,1 76,18 62,40 40,46 62,50 80,70 66,92 36,100 12,88'),
  ],
  // 4
  [
    written('30,2 20,32 10,60', '10,60 50,59 94,56', '70,20 66,60 62,100'),
    written('68,0 40,34 6,68', '6,68 50,67 96,66', '68,0 68,50 67,100'),
    written('16,4 14,34 28,52 60,48 82,40', '84,2 78,50 70,100'),
  ],
  // 5
  [
    written('84,3 50,4 24,5', '24,5 21,24 18,44', '18,44 50,36 82,50 84,80 54,98 12,92'),
    written('86,2 58,2 36,8 26,34 50,46 76,62 72,88 44,100 10,90'),
    written('26,8 24,26 20,42', '20,42 54,40 78,58 74,86 44,99 14,90', '24,8 56,6 92,0'),
  ],
  // 6
  [
    written('70,2 40,20 18,50 14,78 36,99 70,94 84,72 64,54 36,58 16,76'),
    written('42,0 26,32 16,68 28,96 62,100 82,80 70,58 42,58 20,74'),
    written('84,10 58,2 28,22 12,60 26,94 58,99 82,80 74,56 46,50 18,68'),
  ],
  // 7
  [
    written('8,6 50,5 90,3', '90,3 64,46 42,100'),
    written('14,30 13,17 14,6', '14,6 50,4 86,4', '86,4 76,44 68,100'),
    written('10,7 50,4 88,5', '88,5 60,48 40,100', '36,50 58,48 84,46'),
    written('8,14 30,4 60,10 88,2', '88,2 62,36 52,68 48,100'),
  ],
  // 8
  [
    written('78,12 50,0 22,16 38,40 66,56 84,78 54,100 18,84 32,58 62,40 80,20 74,10'),
    written('50,1 26,10 26,34 50,45 74,34 74,10 48,1', '50,45 18,58 16,88 50,100 84,88 82,58 50,45'),
    written('84,6 46,2 24,24 56,48 76,74 52,99 24,86 36,60 66,36 88,8'),
  ],
  // 9
  [
    written('82,18 56,2 24,12 16,36 42,52 72,40 84,16', '84,16 80,56 74,100'),
    written('80,20 54,1 24,16 22,42 50,50 78,28', '80,20 84,56 70,90 42,100 18,90'),
    written('72,8 40,4 20,28 42,48 70,34 76,10 70,50 52,80 36,100'),
  ],
];
