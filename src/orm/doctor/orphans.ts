import { type Patient, type Question, tableOf } from './question.js'

/** Rows whose foreign key names a row that is not there, written where the key was not enforced. */
export function orphans({ dataSource, metadata }: Patient): readonly Question[] {
  const { driver } = dataSource
  return metadata.foreignKeys.map(({ columns, referencedColumns, referencedEntityMetadata }) => {
    const names = columns.map(({ databaseName }) => databaseName)
    const own = tableOf({ dataSource, metadata })
    const other = driver.escape('other')
    const pairs = referencedColumns.map((referenced, index) => {
      return `${other}.${driver.escape(referenced.databaseName)} = ${own}.${driver.escape(names[index] ?? '')}`
    })
    const rows = `${tableOf({ dataSource, metadata: referencedEntityMetadata })} ${other}`
    const present = names.map((name) => `${driver.escape(name)} IS NOT NULL`)
    return {
      problem: `refers by ${names.join(', ')} to a ${referencedEntityMetadata.name} that does not exist`,
      remedy: 'Let these rows refer to rows that exist, or to none, or remove them.',
      columns: names,
      condition: `${present.join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${rows} WHERE ${pairs.join(' AND ')})`,
    }
  })
}
