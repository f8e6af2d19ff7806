import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where something was written, as `file:line:column`, relative to the working directory where that is shorter. */
export type Place = string

/** A function or a class that somebody calls. */
export type Callee = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown)

/**
 * The place that called `callee`, for error messages.
 * TypeScript lines appear when the process runs with `--enable-source-maps`.
 */
export function placeOfCall(callee: Callee): Place {
  const [, line = ''] = nearestFrame(callee).split('\n')
  const [, location] = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line) ?? []
  return location === undefined ? 'an unknown place' : readable(location)
}

function nearestFrame(callee: Callee): string {
  const holder: { stack?: string } = {}
  const { stackTraceLimit } = Error
  // Every frame that is captured is also spelt out, and programs have thousands of decorators.
  Error.stackTraceLimit = 1
  try {
    Error.captureStackTrace(holder, callee)
    return holder.stack ?? ''
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function readable(location: string): Place {
  const [, address = location, at = ''] = /^(.*?)(:\d+:\d+)$/.exec(location) ?? []
  return shortened(address) + at
}

let last = { address: '', directory: '', path: '' }

/** The declarations of a file are read one after another, so its path is made once for all of them. */
function shortened(address: string): string {
  const directory = process.cwd()
  if (last.address !== address || last.directory !== directory) {
    const file = address.startsWith('file:') ? fileURLToPath(address) : address
    const short = relative(directory, file)
    last = { address, directory, path: short.startsWith('..') ? file : short }
  }
  return last.path
}
