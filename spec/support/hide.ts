import type { AnyClass, ModelDataSource, RowData } from '../../src/index.js'
import { TableStatement } from '../../src/orm/writes/table-statement.js'

const deletion = { deletedAt: new Date('2024-01-02T03:04:05.678Z'), deletionId: '018f3c2e-7d1a-7cc0-8000-000000000001' }

/** Writes what only rules and verbs may write into rows, by SQL: what a delete long ago left behind, unless told. */
export async function hide(
  dataSource: ModelDataSource,
  entity: AnyClass,
  ids: readonly (number | string)[],
  values: RowData = deletion,
): Promise<void> {
  const statement = new TableStatement(dataSource, dataSource.getMetadata(entity))
  const keys = ids.map((id) => statement.bind(id)).join(', ')
  const runner = dataSource.createQueryRunner()
  const sql = `UPDATE ${statement.table} SET ${statement.assignments(values)} WHERE ${statement.key} IN (${keys})`
  await statement.run(runner, sql)
  await runner.release()
}
