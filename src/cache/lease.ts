import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { type CacheStore, CacheUnavailableError } from './cache-store.js'

/** Seconds after which a lease ends by itself, where its holder has died. */
const leaseTimeout = 10

/** What became of asking for a lease. */
export interface Lease {
  /** Whether somebody else has it, who was not to be waited for. */
  readonly isRefused: boolean
  readonly release: () => Promise<void>
}

export interface LeaseOptions {
  /** Milliseconds to wait for whoever has it. */
  readonly waitLimit: number
  /** Looks whether what the lease is for is there by now. */
  readonly there?: () => Promise<boolean>
}

/**
 * Takes the lease by which processes agree on who makes something, or waits until it is there. From whoever does not finish in time it
 * is taken away: it may have died, or its lease may have been given to nobody, where a store carried out what was given up. So that
 * costs one wait, and not one each time until the lease ends by itself.
 */
export async function takeLease(store: CacheStore, key: string, { waitLimit, there }: LeaseOptions): Promise<Lease> {
  if (!store.hasLeases) return without(false)
  const token = randomBytes(12).toString('base64url')
  const end = performance.now() + waitLimit
  try {
    for (let pause = 4; ; pause = Math.min(pause * 2, 50)) {
      if (await store.acquire(leaseKey(key), token, leaseTimeout)) return taken(store, key, token, there)
      if (performance.now() >= end) return waitLimit === 0 ? without(true) : await takenAway(store, key, token)
      await wait(pause * (0.5 + Math.random()))
      if (await there?.()) return without(false)
    }
  } catch (error) {
    if (error instanceof CacheUnavailableError) return without(false)
    throw error
  }
}

async function taken(store: CacheStore, key: string, token: string, there: LeaseOptions['there']): Promise<Lease> {
  // Whoever had it before may have made it between the look and the lease.
  await there?.()
  return held(store, key, token)
}

async function takenAway(store: CacheStore, key: string, token: string): Promise<Lease> {
  await store.set(leaseKey(key), token, leaseTimeout)
  return held(store, key, token)
}

const held = (store: CacheStore, key: string, token: string): Lease => ({
  isRefused: false,
  release: async () => {
    try {
      await store.release(leaseKey(key), token)
    } catch (error) {
      // It ends by itself.
      if (!(error instanceof CacheUnavailableError)) throw error
    }
  },
})

const without = (isRefused: boolean): Lease => ({ isRefused, release: async () => {} })

const leaseKey = (hash: string): string => `lease:${hash}`
