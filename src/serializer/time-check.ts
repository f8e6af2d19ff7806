import type { Checked } from './value-check.js'

const timestampShape =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|([+-])(\d{2}):(\d{2}))$/
const dateShape = /^(\d{4})-(\d{2})-(\d{2})$/
const timeShape = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/

// What every engine can store; MariaDB begins with the year 1000.
const earliest = Date.UTC(1000, 0, 1)
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** A date-time with an offset (RFC 3339 section 5.6) as a Date; what is finer than a millisecond is cut off. */
export function checkTimestamp(value: unknown): Checked {
  const parts = typeof value === 'string' ? timestampShape.exec(value) : null
  const instant = parts && instantOf(parts)
  if (instant === null) {
    return {
      code: 'timestamp',
      message: 'must be a date and time with an offset (RFC 3339), such as "2026-01-31T12:00:00Z"',
    }
  }
  if (instant < earliest || instant > latest) {
    return { code: 'range', message: 'must be between the years 1000 and 9999', params: { min: 1000, max: 9999 } }
  }
  return { value: new Date(instant) }
}

function instantOf(parts: RegExpExecArray): number | null {
  const number = (group: number): number => Number(parts[group] ?? 0)
  const [year, month, day, hours, minutes, seconds] = [1, 2, 3, 4, 5, 6].map(number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const [offsetHours, offsetMinutes] = [number(10), number(11)]
  if (!isDay(year, month, day) || hours > 23 || minutes > 59 || seconds > 59) return null
  if (offsetHours > 23 || offsetMinutes > 59) return null
  const milliseconds = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3))
  const local = new Date(0).setUTCFullYear(year, month - 1, day) + ((hours * 60 + minutes) * 60 + seconds) * 1000
  return local + milliseconds - (parts[9] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** A calendar day (RFC 3339 full-date); stays text. */
export function checkDate(value: unknown): Checked {
  const parts = typeof value === 'string' ? dateShape.exec(value) : null
  const [year, month, day] = (parts ?? []).slice(1).map(Number)
  return year !== undefined && year >= 1000 && isDay(year, month!, day!)
    ? { value }
    : { code: 'date', message: 'must be a day such as "2026-01-31"' }
}

/** A time of day in whole seconds; stays text. */
export function checkTime(value: unknown): Checked {
  return typeof value === 'string' && timeShape.test(value)
    ? { value }
    : { code: 'time', message: 'must be a time such as "23:59:59"' }
}
