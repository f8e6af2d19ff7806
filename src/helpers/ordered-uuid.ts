import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const size = 16

/** Chance for many ids at once: to ask for it costs more than the ids. */
const pool = new Uint8Array(256 * size)
let used = pool.length

let instant = Number.NEGATIVE_INFINITY
let sequence = 0

/**
 * A UUID of version 7 (RFC 9562) that sorts behind all that this process has made before, also where its clock goes back: those of
 * one millisecond count up from a random number (section 6.2, method 1), which has room for as many as it can make.
 */
export function orderedUuid(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const random = pool.subarray(used, used + size)
  used += size
  const now = Date.now()
  if (now > instant) {
    instant = now
    sequence = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1
  } else sequence += 1
  return v7({ msecs: instant, seq: sequence, random })
}
