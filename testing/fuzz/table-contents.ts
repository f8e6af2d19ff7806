import { countersTable, idempotencyKeys, type ModelDataSource } from 'plinth'

/** The rows of one table, by the names of its properties. */
interface TableContents {
  readonly table: string
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** The rows as text, in order. */
  readonly lines: readonly string[]
}

/** All rows of a database at one moment. */
export type DatabaseContents = readonly TableContents[]

/** The tables that refused requests may change: what is kept of them, and numbers that they have used up. */
const leftOut = new Set([idempotencyKeys.name, countersTable])

/** Reads every table of a data source but those that refused requests may change. */
export async function databaseContents(dataSource: ModelDataSource): Promise<DatabaseContents> {
  const tables: TableContents[] = []
  for (const metadata of dataSource.entityMetadatas) {
    const { tablePath, columns } = metadata
    if (leftOut.has(metadata.tableName) || tables.some(({ table }) => table === tablePath)) continue
    const name = tablePath.split('.').map((part) => dataSource.driver.escape(part))
    const stored = await dataSource.query<readonly Readonly<Record<string, unknown>>[]>(
      `SELECT * FROM ${name.join('.')}`,
    )
    const rows = stored.map((row) =>
      Object.fromEntries(columns.map(({ propertyName, databaseName }) => [propertyName, row[databaseName]])),
    )
    tables.push({ table: tablePath, rows, lines: stored.map(asText).toSorted() })
  }
  return tables
}

const asText = (row: unknown): string =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

/** The rows in which two contents differ, in lines; nothing where they are equal. */
export function differences(before: DatabaseContents, after: DatabaseContents): readonly string[] {
  return after.flatMap(({ table, lines }, index) => {
    const known = before[index]?.lines ?? []
    if (known.length === lines.length && known.every((line, at) => line === lines[at])) return []
    return [
      ...known.filter((line) => !lines.includes(line)).map((line) => `${table} lost ${line}`),
      ...lines.filter((line) => !known.includes(line)).map((line) => `${table} has ${line}`),
    ]
  })
}
