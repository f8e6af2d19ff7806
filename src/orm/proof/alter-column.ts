import { type QueryRunner, type Table, TableColumn } from 'typeorm'
import { TableUtils } from 'typeorm/schema-builder/util/TableUtils.js'
import type { Difference } from './columns.js'
import type { Ddl } from './ddl.js'
import type { TableProof } from './table-proof.js'

/** The statements that make a column what it must be without losing its values. */
export function alter(proof: TableProof, difference: Difference, ddl: Ddl): Promise<readonly string[]> {
  const { table, engine } = proof
  const { actual, wanted } = difference
  if (!engine.alterColumn) return ddl.record((runner) => runner.changeColumn(table, actual, wanted))
  if (actual.generatedType || wanted.generatedType) {
    return ddl.record((runner) =>
      withoutIndexes(runner, table, [actual], async () => {
        await runner.dropColumn(table, actual)
        await runner.addColumn(table, wanted)
      }),
    )
  }
  return alteredInPlace(proof, difference, ddl)
}

async function alteredInPlace(
  proof: TableProof,
  { actual, wanted, recollated }: Difference,
  ddl: Ddl,
): Promise<readonly string[]> {
  const { dataSource, engine, metadata, table } = proof
  const { driver } = dataSource
  const [actualType, wantedType] = [driver.createFullType(actual), driver.createFullType(wanted)]
  const name = driver.escape(wanted.name)
  const path = metadata.tablePath.split('.').map((part) => driver.escape(part))
  const change =
    engine.alterColumn?.(path.join('.'), { actual, wanted, name, actualType, wantedType, recollated }) ?? []
  const isHeld = engine.holdsTypes === true && (recollated || actualType !== wantedType)
  return isHeld ? around(proof, computedFrom(table, actual.name), change, ddl) : change
}

/** Takes columns away for the time of a change of what they are computed from. */
async function around(
  proof: TableProof,
  dependents: readonly TableColumn[],
  change: readonly string[],
  ddl: Ddl,
): Promise<readonly string[]> {
  const { table, remade } = proof
  let before: readonly string[] = []
  const both = await ddl.record((runner) =>
    withoutIndexes(runner, table, dependents, async () => {
      for (const column of dependents) await runner.dropColumn(table, column)
      before = ddl.pending
      for (const column of dependents) await runner.addColumn(table, wantedOf(proof, column))
    }),
  )
  for (const { name } of dependents) remade.add(name)
  return [...before, ...change, ...both.slice(before.length)]
}

/** Not every engine drops the indexes of a column with it. */
async function withoutIndexes(
  runner: QueryRunner,
  table: Table,
  columns: readonly TableColumn[],
  work: () => Promise<void>,
): Promise<void> {
  const indexes = new Set(columns.flatMap((column) => table.findColumnIndices(column)))
  for (const index of indexes) await runner.dropIndex(table, index)
  await work()
  for (const index of indexes) await runner.createIndex(table, index)
}

function computedFrom({ columns }: Table, name: string): readonly TableColumn[] {
  const word = new RegExp(`(?<![\\w$])${name.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')}(?![\\w$])`)
  return columns.filter(({ generatedType, asExpression }) => generatedType && word.test(asExpression ?? ''))
}

/** A column that has to be made anew is made as its model says, where it has one. */
function wantedOf({ dataSource, metadata }: TableProof, column: TableColumn): TableColumn {
  const known = metadata.columns.find(({ databaseName }) => databaseName === column.name)
  return known ? new TableColumn(TableUtils.createTableColumnOptions(known, dataSource.driver)) : column
}
