import type { Mistakes } from '../../errors/definition-error.js'
import type { ColumnPath } from '../../orm/lists/column-path.js'
import { shortestCursorKey } from './cursor-codec.js'

/** The longest text of a primary key, in characters, that is sure to fit into a cursor. */
const longestKey = 100

/** Adds a mistake where a cursor could not hold the primary key. */
export function verifyCursorKey(
  primary: readonly ColumnPath[],
  subject: string,
  place: string,
  mistakes: Mistakes,
): void {
  const length = primary.reduce((sum, { kind }) => sum + (kind.kind === 'string' ? (kind.maxLength ?? 255) : 0), 0)
  if (length <= longestKey) return
  mistakes.add({
    code: 'E_PAGINATION',
    subject,
    problem: `its primary key may have ${length} characters, which a cursor cannot hold.`,
    places: [place],
    remedy: `Give the column a length of at most ${longestKey}, or cut the list into numbered pages.`,
  })
}

/** Adds a mistake for each key of cursors that could be guessed. */
export function verifyCursorKeys(keys: readonly string[], mistakes: Mistakes): void {
  for (const [index, key] of keys.entries()) {
    if (typeof key === 'string' && key.length >= shortestCursorKey) continue
    mistakes.add({
      code: 'E_CURSOR_KEY',
      subject: `cursorKeys[${index}]`,
      problem: `it has fewer than ${shortestCursorKey} characters, and might be guessed.`,
      places: [],
      remedy: 'Take one from a random generator, such as `openssl rand -base64 32`.',
    })
  }
}
