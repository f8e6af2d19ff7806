import type { Column } from '../../model/column.js'
import type { EngineType } from '../dialects/engines.js'
import { uuidPattern } from '../dialects/sqlite.js'

interface Wrong {
  readonly is: string
  readonly condition: string
}

/** How a stored value may not be what its column is for, on engines that would store it nonetheless. */
export function malformed(engine: EngineType, column: Column, name: string): readonly Wrong[] {
  if (engine === 'better-sqlite3') return inSqlite(column, name)
  if (engine === 'postgres' || column.type !== 'json') return []
  return [{ is: 'is not JSON', condition: `NOT JSON_VALID(${name})` }]
}

const digit = '[0-9]'
const instant = `${digit.repeat(4)}-${digit.repeat(2)}-${digit.repeat(2)} ${digit.repeat(2)}:${digit.repeat(2)}:${digit.repeat(2)}.${digit.repeat(3)}`

/** SQLite stores whatever it is given. */
function inSqlite({ type, length, generated }: Column, name: string): readonly Wrong[] {
  if (generated) return []
  const present = (condition: string): string => `(${name} IS NOT NULL AND ${condition})`
  switch (type) {
    case 'uuid':
      return [{ is: 'is not a UUID in lower case', condition: present(`${name} NOT GLOB '${uuidPattern}'`) }]
    case 'timestamp':
      return [
        {
          is: 'is not an instant with milliseconds, and so would not sort as one',
          condition: present(`(${name} NOT GLOB '${instant}' OR julianday(${name}) IS NULL)`),
        },
      ]
    case 'json':
      return [{ is: 'is not JSON', condition: present(`NOT json_valid(${name})`) }]
    case 'boolean':
      return [{ is: 'is neither true nor false', condition: present(`${name} NOT IN (0, 1)`) }]
    case 'integer':
      return [{ is: 'is not a whole number', condition: present(`typeof(${name}) <> 'integer'`) }]
    case 'float':
      return [{ is: 'is not a number', condition: present(`typeof(${name}) NOT IN ('real', 'integer')`) }]
    case 'text':
      return [{ is: 'is not a text', condition: present(`typeof(${name}) <> 'text'`) }]
    default:
      return [
        {
          is: `is not a text of at most ${length ?? 255} characters`,
          condition: present(`(typeof(${name}) <> 'text' OR length(${name}) > ${length ?? 255})`),
        },
      ]
  }
}
