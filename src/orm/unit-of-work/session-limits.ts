import { UsageError } from '../../errors/usage-error.js'
import { ContextSlot } from '../../helpers/context-slot.js'
import type { LimitOptions } from '../data-source-options.js'
import type { SessionEngine, SessionLimit } from './engine.js'

/** What limits are unless told, in milliseconds. */
const defaults = { statementLimit: 30_000, lockLimit: 10_000, idleTransactionLimit: 30_000 } as const

/** The greatest that every server understands, in milliseconds: 24 days. */
const greatest = 2 ** 31 - 1

/**
 * The limits that a data source has its sessions keep to. Those that were not asked for yield to settings of the server.
 * @throws {UsageError} `E_TIME_LIMIT`.
 */
export function limitsOf(options: LimitOptions): readonly SessionLimit[] {
  const names = Object.keys(defaults) as (keyof typeof defaults)[]
  return names.flatMap((name): readonly SessionLimit[] => {
    const given = options[name]
    const time = given === undefined ? defaults[name] : timeOf(name, given)
    return time === 0 ? [] : [{ of: name, time, yields: given === undefined }]
  })
}

/**
 * A limit in milliseconds; 0 is none.
 * @throws {UsageError} `E_TIME_LIMIT`.
 */
export function timeOf(name: keyof LimitOptions, given: number | false): number {
  if (given === false) return 0
  if (Number.isInteger(given) && given >= 1 && given <= greatest) return given
  throw new UsageError(
    'E_TIME_LIMIT',
    `\`${name}\` is ${String(given)}. Give a whole number of milliseconds from 1 to ${greatest}, or false for no limit.`,
  )
}

/**
 * Has the sessions of pools keep to limits. A connection is told once, when somebody first obtains it; what changes a
 * schema obtains connections without limits.
 */
export class SessionLimits {
  readonly #sessions: SessionEngine | undefined
  readonly #limits: readonly SessionLimit[]
  readonly #limited = new WeakSet<object>()
  readonly #isLifted = new ContextSlot<boolean>()
  /** How many works run without limits: while there are none, nobody needs to be asked whether it is one. */
  #lifted = 0

  constructor(sessions: SessionEngine | undefined, limits: readonly SessionLimit[]) {
    this.#sessions = limits.length > 0 ? sessions : undefined
    this.#limits = limits
  }

  /** Runs `work` with connections that have no limits but those of the server; a unit that is running keeps its own. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    this.#lifted += 1
    try {
      return await this.#isLifted.run(true, work)
    } finally {
      this.#lifted -= 1
    }
  }

  /** Whether who asks for a connection is to have one with limits. */
  get areWanted(): boolean {
    return this.#lifted === 0 || this.#isLifted.get() !== true
  }

  /** Tells what a pool gave about its limits, or that it has none; undefined where it knows. */
  prepare(obtained: unknown, isLimited: boolean): Promise<void> | undefined {
    if (!this.#sessions) return undefined
    const connection = this.#sessions.connectionIn(obtained)
    return this.#limited.has(connection) === isLimited ? undefined : this.#tell(this.#sessions, connection, isLimited)
  }

  async #tell(sessions: SessionEngine, connection: object, isLimited: boolean): Promise<void> {
    await sessions.send(connection, isLimited ? sessions.limiting(this.#limits) : sessions.lifting(this.#limits))
    if (isLimited) this.#limited.add(connection)
    else this.#limited.delete(connection)
  }
}
