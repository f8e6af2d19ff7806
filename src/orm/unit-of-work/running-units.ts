import { AsyncLocalStorage } from 'node:async_hooks'
import type { Transaction } from './transaction.js'

/** What runs in a context of one data source, and what of others. */
interface Running {
  readonly owner: object
  /** Undefined where work runs outside of every unit. */
  readonly unit: Transaction | undefined
  readonly others: Running | undefined
}

// One for all data sources: until Node 24 each storage that was ever used costs every promise of the process.
const storage = new AsyncLocalStorage<Running>()

/** The unit of work of a data source that the running code belongs to. */
export function runningUnit(owner: object): Transaction | undefined {
  let running = storage.getStore()
  while (running && running.owner !== owner) running = running.others
  return running?.unit
}

/** Runs `work` as part of a unit of a data source, or outside of its units. */
export function runInUnit<T>(owner: object, unit: Transaction | undefined, work: () => T): T {
  return storage.run({ owner, unit, others: without(storage.getStore(), owner) }, work)
}

function without(running: Running | undefined, owner: object): Running | undefined {
  if (!running) return undefined
  if (running.owner === owner) return running.others
  return { ...running, others: without(running.others, owner) }
}
