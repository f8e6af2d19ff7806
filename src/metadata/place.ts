import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where something was written, as `file:line:column`, relative to the working directory where that is shorter. */
export type Place = string

/**
 * The place that called `callee`, for error messages.
 * TypeScript lines appear when the process runs with `--enable-source-maps`.
 */
export function placeOfCall(callee: (...args: never[]) => unknown): Place {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, callee)
  const line = holder.stack?.split('\n')[1] ?? ''
  const [, location] = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line) ?? []
  return location === undefined ? 'an unknown place' : readable(location)
}

function readable(location: string): Place {
  const [, address = location, at = ''] = /^(.*?)(:\d+:\d+)$/.exec(location) ?? []
  const file = address.startsWith('file:') ? fileURLToPath(address) : address
  const short = relative(process.cwd(), file)
  return (short.startsWith('..') ? file : short) + at
}
