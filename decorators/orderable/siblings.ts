import { type RowData, type RuleContext } from 'plinth'
import { keyText } from '../row-key.js'

/** As many rows as are read by one statement. */
const most = 500

type Displaced = Map<string, RowData>

/** Notes rows as they were before they get another place because of others. */
export function noteSiblings(context: RuleContext, property: string, rows: readonly RowData[]): void {
  const displaced = displacedIn(context, property)
  for (const row of rows) {
    const key = keyText(context.table, row)
    if (!displaced.has(key)) displaced.set(key, row)
  }
}

/** Touches the rows that stand in another place now, but for those that the call names. */
export async function touchSiblings(context: RuleContext, property: string, named: readonly RowData[]): Promise<void> {
  const { table } = context
  const displaced = displacedIn(context, property)
  for (const row of named) displaced.delete(keyText(table, row))
  const before = [...displaced.values()]
  displaced.clear()
  const moved: RowData[] = []
  for (let first = 0; first < before.length; first += most) {
    const part = before.slice(first, first + most)
    const places = new Map(part.map((row) => [keyText(table, row), row[property]]))
    const rows = await table.rows(table.identify(...part), { properties: [property] })
    moved.push(...rows.filter((row) => places.get(keyText(table, row)) !== row[property]))
  }
  if (moved.length > 0) await context.touch(moved)
}

function displacedIn({ notes }: RuleContext, property: string): Displaced {
  const note = `siblings by ${property}`
  const displaced = (notes.get(note) as Displaced | undefined) ?? new Map<string, RowData>()
  notes.set(note, displaced)
  return displaced
}
