import { type AnyClass, createDataSource, type DefinitionError, Mistakes } from 'plinth'
import type { Engine } from '../support/engines.js'

/** What is wrong with some entities. */
export async function mistakesOf(
  engine: Engine,
  ...entities: readonly AnyClass[]
): Promise<DefinitionError['mistakes']> {
  const database = await engine.create()
  const mistakes = new Mistakes()
  createDataSource({ ...database.options, entities }).verify(mistakes)
  await database.drop()
  return mistakes.found
}

/** Starts with some entities, whose tables are made. */
export async function started(engine: Engine, ...entities: readonly AnyClass[]): Promise<void> {
  const database = await engine.create()
  const dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
  await dataSource.destroy()
  await database.drop()
}
