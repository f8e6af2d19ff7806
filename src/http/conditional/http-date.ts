const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const longDays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const [day, longDay, month] = [days, longDays, months].map((names) => names.join('|')) as [string, string, string]
const time = '(?<time>\\d\\d:\\d\\d:\\d\\d)'

const forms = [
  `^(?:${day}), (?<day>\\d\\d) (?<month>${month}) (?<year>\\d{4}) ${time} GMT$`,
  `^(?:${longDay}), (?<day>\\d\\d)-(?<month>${month})-(?<year>\\d\\d) ${time} GMT$`,
  `^(?:${day}) (?<month>${month}) (?<day>\\d\\d| \\d) ${time} (?<year>\\d{4})$`,
].map((form) => new RegExp(form))

/**
 * An instant as HTTP writes it, in each of the three forms that recipients must know (RFC 9110 section 5.6.7).
 * @param now decides the century of years with two digits.
 * @returns milliseconds since 1970; undefined for what is no such date.
 */
export function parseHttpDate(text: string, now: Date): number | undefined {
  const found = forms.map((form) => form.exec(text.trim())?.groups).find((groups) => groups !== undefined)
  if (!found) return undefined
  const [hours = 0, minutes = 0, seconds = 0] = found['time']!.split(':').map(Number)
  const [monthIndex, dayOfMonth] = [months.indexOf(found['month']!), Number(found['day'])]
  const instant = new Date(0)
  instant.setUTCFullYear(fullYear(found['year']!, now), monthIndex, dayOfMonth)
  if (instant.getUTCDate() !== dayOfMonth || hours > 23 || minutes > 59 || seconds > 60) return undefined
  // A leap second is the one after it.
  return instant.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1000
}

/** A year that would lie more than 50 years ahead is the last one in the past with the same two digits. */
function fullYear(digits: string, now: Date): number {
  if (digits.length === 4) return Number(digits)
  const present = now.getUTCFullYear()
  const year = present - (present % 100) + Number(digits)
  return year > present + 50 ? year - 100 : year
}

const secondsOfDay = 86_400
const twoDigits: readonly string[] = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** The day that was written last: most of what is asked for was written on one of a few. */
let written = { day: Number.NaN, text: '' }

/** The form that is sent. It has whole seconds: what is left of one is cut off. */
export function httpDate(instant: Date): string {
  const seconds = Math.floor(instant.getTime() / 1000)
  const day = Math.floor(seconds / secondsOfDay)
  if (day !== written.day) written = { day, text: textOfDay(instant) }
  const second = seconds - day * secondsOfDay
  const [hours, minutes] = [Math.floor(second / 3600), Math.floor(second / 60) % 60]
  return `${written.text}${twoDigits[hours]}:${twoDigits[minutes]}:${twoDigits[second % 60]} GMT`
}

/** All that stands before the time of day. */
function textOfDay(instant: Date): string {
  const text = instant.toUTCString()
  return text.slice(0, text.indexOf(':') - 2)
}
