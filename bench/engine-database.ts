import { type AnyClass, createDataSource, type ModelDataSource } from 'plinth'
import { type Engine, engines } from '../spec/support/engines.js'
import type { CompareOptions } from './compare.js'

/** A database with the tables of some entities. */
export interface EngineDatabase {
  readonly dataSource: ModelDataSource
  /** Sends a statement of one's own, with `?` for each value. */
  readonly sql: <R>(statement: string, values?: readonly unknown[]) => Promise<readonly R[]>
  readonly drop: () => Promise<void>
}

/** Makes a database of its own on an engine; undefined where that cannot be reached. */
export async function opened(name: Engine['name'], entities: readonly AnyClass[]): Promise<EngineDatabase | undefined> {
  const engine = engines.find((one) => one.name === name)!
  const database = await engine.create().catch(() => undefined)
  if (!database) return undefined
  const dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
  return {
    dataSource,
    sql: (statement, values = []) => {
      let place = 0
      const numbered = name === 'postgres' ? statement.replace(/\?/g, () => `$${(place += 1)}`) : statement
      return dataSource.query(numbered, [...values])
    },
    drop: async () => {
      await dataSource.destroy()
      await database.drop()
    },
  }
}

/** What is compared: processor time where the database is part of the process, else the time that passes. */
export function clockOf(name: Engine['name']): Pick<CompareOptions, 'spent'> {
  return name === 'sqlite' ? {} : { spent: async () => performance.now() * 1000 }
}
