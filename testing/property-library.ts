import type * as FastCheck from 'fast-check'

export type PropertyLibrary = typeof FastCheck

/**
 * The library that makes random values: fast-check, of which only who uses it has need.
 * @throws {Error} that names it where it is not installed.
 */
export async function propertyLibrary(caller: string): Promise<PropertyLibrary> {
  try {
    return await import('fast-check')
  } catch (error) {
    throw new Error(`${caller} needs the package fast-check. Run: npm install --save-dev fast-check`, { cause: error })
  }
}
