import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import { currentTenant } from '../../support/blog.js'
import type { Database, Engine } from '../../support/engines.js'
import { hide } from '../../support/hide.js'
import { Box, Chest, Crate, Item, ItemView, Link } from './store.js'
import { trees } from './trees.js'

const entities = [Item, Box, Link, Chest, Crate, ItemView, ...trees]
const ids = [1, 2, 3, 4] as const

async function seed(dataSource: ModelDataSource): Promise<void> {
  const quote = (name: string) => dataSource.driver.escape(name)
  const insert = (target: Parameters<ModelDataSource['getMetadata']>[0], rows: readonly object[]) =>
    dataSource
      .createQueryBuilder()
      .insert()
      .into(target)
      .values([...rows])
      .updateEntity(false)
      .execute()
  for (const holder of [Box, Chest])
    await insert(
      holder,
      ids.map((id) => ({ id })),
    )
  const held = { box: { id: 1 }, chest: { id: 1 }, shownChest: { id: 1 } }
  await insert(
    Item,
    ids.map((id) => ({ id, score: 2 ** (id - 1), around: { id }, ...held })),
  )
  await insert(
    Crate,
    ids.map((id) => ({ id, front: { id } })),
  )
  await insert(
    Link,
    ids.map((id) => ({ id, box: { id: 1 }, item: { id } })),
  )
  for (const [entity, property] of junctions) {
    const { target, ownerColumns, inverseColumns } = dataSource.getManyToManyMetadata(entity, property)!
    const [owner, member] = [ownerColumns[0]!.propertyName, inverseColumns[0]!.propertyName]
    await insert(
      target,
      ids.map((id) => ({ [owner]: 1, [member]: id })),
    )
  }
  for (const [table, column] of keys) await dataSource.query(`UPDATE ${quote(table)} SET ${quote(column)} = id`)
  await dataSource.query(`UPDATE ${quote('item')} SET ${quote('crateId')} = 1`)
  for (const tree of trees) {
    const nodes = dataSource.getRepository(tree)
    const parent = await nodes.save({ id: 10 })
    for (const id of ids) await nodes.save({ id, parent })
  }
  for (const entity of [Item, ...trees]) {
    await hide(dataSource, entity, [2, 4])
    await hide(dataSource, entity, [3, 4], { tenantId: 'b' })
  }
}

const junctions = [
  [Box, 'bag'],
  [Chest, 'bag'],
  [Chest, 'shownBag'],
  [Crate, 'bag'],
] as const

const keys = [
  ['box', 'frontId'],
  ['box', 'lidId'],
  ['chest', 'frontId'],
  ['chest', 'shownFrontId'],
] as const

/** A database with all of it. */
export async function openStore(
  engine: Engine,
): Promise<{ readonly database: Database; readonly dataSource: ModelDataSource }> {
  const database = await engine.create()
  const dataSource = createDataSource({ ...database.options, entities })
  await dataSource.initialize()
  await dataSource.synchronize()
  await currentTenant.run('a', () => seed(dataSource))
  return { database, dataSource }
}
