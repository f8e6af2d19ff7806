import { randomBytes } from 'node:crypto'
import { UsageError } from '../errors/usage-error.js'
import type { Awaitable } from '../helpers/awaitable.js'
import type { Logger } from '../logging/logger.js'
import type { GuardedStore } from './guarded-store.js'
import { keyOf } from './limit-key.js'
import { unavailable } from './limit-refusals.js'
import type { Tally } from './limiter-counters.js'
import type { MemoryRateLimitStore } from './memory-store.js'
import type { CountedLimit, WhenStoreDown } from './rate-limit.js'
import type { PlacesStore, Presence } from './rate-limit-store.js'

/** How many may be at something at the same time. */
export interface ConcurrencyLimit extends CountedLimit {
  /** A whole number from 1. */
  readonly limit: number
}

/** What became of an attempt to begin something. */
export interface HeldPlace {
  /** Whether it may begin, and counts now. */
  readonly entered: boolean
  /** How many more may begin; undefined where nobody knows, and of a limit that is only tried. */
  readonly remaining: number | undefined
  /** Lets the place be another's; it does nothing the second time. */
  leave(): void
}

export interface ConcurrencyLimiterParts {
  readonly store: PlacesStore | undefined
  readonly guarded: GuardedStore
  readonly insurance: MemoryRateLimitStore
  readonly whenDown: WhenStoreDown
  readonly processes: number
  /** Milliseconds. */
  readonly lease: number
  readonly logger: Logger
  readonly tally: Tally
}

/**
 * Counts what runs at the same time. Whoever is in holds a lease, which is renewed as long as it runs: of what ran in a process that
 * died nothing is left once it has ended.
 */
export class ConcurrencyLimiter {
  readonly #parts: ConcurrencyLimiterParts
  readonly #process = randomBytes(9).toString('base64url')
  #entered = 0

  constructor(parts: ConcurrencyLimiterParts) {
    this.#parts = parts
  }

  enter(limit: ConcurrencyLimit, who: string): Awaitable<HeldPlace> {
    const { store, guarded, lease } = this.#parts
    if (!store)
      throw new UsageError('E_RATE_PLACES', `The store of rate limits cannot count what runs at once ("${limit.key}").`)
    const key = keyOf(limit, who)
    const token = `${this.#process}.${(this.#entered += 1)}`
    const entering = { store, limit, who, key, token }
    if (guarded.isAway) return this.#without(entering)
    const answer = guarded.ask(() => store.enter(key, token, { limit: limit.limit, lease }))
    if (!(answer instanceof Promise)) return this.#place(entering, answer, store)
    return answer.then(
      (presence) => this.#place(entering, presence, store),
      () => {
        // It may have let it in, and only told nobody in time.
        void guarded.tell(() => store.leave(key, token))
        return this.#without(entering)
      },
    )
  }

  #without(entering: Entering): HeldPlace {
    const { limit, key, token } = entering
    const { insurance, processes, lease, tally } = this.#parts
    const policy = limit.shadow ? 'open' : (limit.whenDown ?? this.#parts.whenDown)
    if (policy === 'open') {
      if (!limit.shadow) tally.opened += 1
      return uncounted
    }
    if (policy === 'closed') {
      tally.closed += 1
      throw unavailable()
    }
    tally.insured += 1
    const share = Math.max(1, Math.floor(limit.limit / processes))
    return this.#place(entering, insurance.enter(key, token, { limit: share, lease }), insurance)
  }

  #place(entering: Entering, { entered, remaining }: Presence, store: PlacesStore): HeldPlace {
    const { limit, who } = entering
    const { tally, logger } = this.#parts
    if (limit.shadow && !entered) {
      tally.wouldRefuse += 1
      logger.info('A limit that is tried would have refused.', { limit: limit.key, caller: who })
      return uncounted
    }
    if (!limit.shadow) tally[entered ? 'allowed' : 'refused'] += 1
    if (!entered) return { entered, remaining, leave: () => {} }
    return { entered, remaining: limit.shadow ? undefined : remaining, leave: this.#staying(entering, store) }
  }

  /** Renews a lease until the function that it returns is called. */
  #staying({ key, token }: Entering, store: PlacesStore): () => void {
    const { guarded, insurance, lease } = this.#parts
    // What runs counts, also where the store has forgotten it and let others in meanwhile.
    const renewal = setInterval(() => void guarded.tell(() => store.enter(key, token, { lease })), lease / 3).unref()
    let left = false
    return () => {
      if (left) return
      left = true
      clearInterval(renewal)
      if (store === insurance) insurance.leave(key, token)
      else void guarded.tell(() => store.leave(key, token))
    }
  }
}

interface Entering {
  readonly limit: ConcurrencyLimit
  readonly who: string
  readonly key: string
  readonly token: string
}

const uncounted: HeldPlace = Object.freeze({ entered: true, remaining: undefined, leave: () => {} })
