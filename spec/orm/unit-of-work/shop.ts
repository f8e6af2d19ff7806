import { randomUUID } from 'node:crypto'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import type { Database, Engine } from '../../support/engines.js'

@Entity()
export class Item {
  @PrimaryColumn({ type: 'varchar', length: 40 })
  name!: string

  @Column({ type: 'int', default: 0 })
  stock!: number
}

/** A database with one table, and what the specs of units of work do with it. */
export interface Shop {
  readonly database: Database
  readonly dataSource: ModelDataSource
  /** What hooks threw. */
  readonly hookErrors: unknown[]
  close(): Promise<void>
}

export async function openShop(engine: Engine, turnLimit = 5000): Promise<Shop> {
  const database = await engine.create()
  const hookErrors: unknown[] = []
  const onHookError = (error: unknown) => void hookErrors.push(error)
  let reads = Date.UTC(2024, 0, 1)
  const clock = { now: () => new Date(reads++) }
  const options = { ...named(database.options), entities: [Item], turnLimit, onHookError, clock }
  const dataSource = await createDataSource(options).initialize()
  await dataSource.synchronize()
  const close = async () => {
    await dataSource.destroy()
    await database.drop()
  }
  return { database, dataSource, hookErrors, close }
}

/** Connections of one spec are told apart by their name. */
function named(options: Database['options']): Database['options'] {
  return options.type === 'postgres' ? { ...options, applicationName: `plinth ${randomUUID()}` } : options
}

export const item = (name: string, stock = 0): Item => Object.assign(new Item(), { name, stock })

/** The names of all items, sorted. */
export async function names(dataSource: ModelDataSource): Promise<readonly string[]> {
  const items = await dataSource.getRepository(Item).find()
  return items.map(({ name }) => name).sort()
}

/** Two pieces of code that run step by step: `at(n)` waits until step n, `reach(n)` lets it begin. */
export class Steps {
  readonly #reached = new Map<number, () => void>()
  readonly #waits = new Map<number, Promise<void>>()

  at(step: number): Promise<void> {
    const wait = this.#waits.get(step) ?? new Promise<void>((reached) => this.#reached.set(step, reached))
    this.#waits.set(step, wait)
    return wait
  }

  reach(step: number): void {
    void this.at(step)
    this.#reached.get(step)?.()
  }
}

/** The error a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  )
  if ('error' in outcome) return outcome.error
  throw new Error(`Expected an error, got ${JSON.stringify(outcome.value)}.`)
}
