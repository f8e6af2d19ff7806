import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { type CacheStore, CacheUnavailableError } from './cache-store.js'

/** Seconds after which a lease ends by itself, where its holder has died. */
const leaseTimeout = 10

/** What became of asking for a lease. */
export interface Lease {
  /** `none`: nobody can be asked, or it took too long. */
  readonly state: 'taken' | 'refused' | 'found' | 'none'
  readonly release: () => Promise<void>
}

export interface LeaseOptions {
  /** Milliseconds to wait for whoever has it. */
  readonly waitLimit: number
  /** Looks whether what the lease is for is there by now. */
  readonly there?: () => Promise<boolean>
}

/**
 * Takes the lease by which processes agree on who makes something, or waits until it is there. Whoever has died
 * holding it costs others the wait, and no more.
 */
export async function takeLease(store: CacheStore, key: string, { waitLimit, there }: LeaseOptions): Promise<Lease> {
  if (!store.hasLeases) return without('none')
  const token = randomBytes(12).toString('base64url')
  const end = performance.now() + waitLimit
  try {
    for (let pause = 4; ; pause = Math.min(pause * 2, 50)) {
      if (await store.acquire(leaseKey(key), token, leaseTimeout)) return taken(store, key, token, there)
      if (performance.now() >= end) return without(waitLimit === 0 ? 'refused' : 'none')
      await wait(pause * (0.5 + Math.random()))
      if (await there?.()) return without('found')
    }
  } catch (error) {
    if (error instanceof CacheUnavailableError) return without('none')
    throw error
  }
}

async function taken(store: CacheStore, key: string, token: string, there: LeaseOptions['there']): Promise<Lease> {
  const release = async (): Promise<void> => {
    try {
      await store.release(leaseKey(key), token)
    } catch (error) {
      // It ends by itself.
      if (!(error instanceof CacheUnavailableError)) throw error
    }
  }
  // Whoever had it before may have made it between the look and the lease.
  await there?.()
  return { state: 'taken', release }
}

const without = (state: 'refused' | 'found' | 'none'): Lease => ({ state, release: async () => {} })

const leaseKey = (hash: string): string => `lease:${hash}`
