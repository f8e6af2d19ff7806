import { type Actor, type Columns, column, partitionOf, type RowData, type RuleContext, type WrittenRow } from 'plinth'
import { v7 } from 'uuid'
import { keyValues } from '../row-key.js'
import { partitionText, rowText } from './audit-keys.js'
import { changeOf, type RecordedChange } from './recorded-change.js'

/** What `@Audited` can be told. */
export interface AuditOptions {
  /** The properties that are recorded; all where it names none. */
  readonly only: readonly string[]
  /** Properties whose values are never recorded, only that they changed. */
  readonly omit: readonly string[]
}

/** The name of the table of entries. */
export const auditTable = 'audit'

/** Its columns. Ids are made in the order of the writes. */
export const auditColumns: Columns = {
  id: column.uuid({ primary: true }),
  row: column.string({ length: 255, index: true, exact: true }),
  partition: column.string({ length: 64 }),
  entity: column.string(),
  kind: column.string(),
  operation: column.uuid({ index: true }),
  actor: column.string({ nullable: true }),
  at: column.timestamp({ index: true }),
  change: column.json<RecordedChange>(),
}

/** One entry for each row in which something that is recorded has changed. */
export function entriesOf(
  rows: readonly WrittenRow[],
  options: AuditOptions,
  context: RuleContext,
  actor: Actor | null,
): readonly RowData[] {
  const { model, table, operation, now } = context
  const { properties, relations } = context.describe()
  const links = [...relations.keys()]
  const hidden = [...properties.values()].filter((property) => property.hidden).map(({ name }) => name)
  const omit = new Set([...options.omit, ...hidden])
  return rows.flatMap(({ kind, before, after }) => {
    const change = changeOf(withLinks(before, links), withLinks(after, links), { only: options.only, omit })
    if (!change) return []
    const row = after ?? before!
    return {
      id: v7(),
      row: rowText(Object.values(keyValues(table, row))),
      partition: partitionText(partitionOf(model, row)),
      entity: model.name,
      kind,
      operation,
      actor: actor && actor.id,
      at: now,
      change,
    }
  })
}

/** A row in which the link to no row is null, as it is in entities, and not an object of nulls. */
function withLinks(row: RowData | null, relations: readonly string[]): RowData | null {
  if (!row) return null
  const empty = relations.filter((name) => isEmpty(row[name])).map((name) => [name, null])
  return { ...row, ...Object.fromEntries(empty) }
}

const isEmpty = (link: unknown): boolean =>
  typeof link === 'object' && link !== null && Object.values(link).every((key) => key === null)
