// @ts-expect-error: its package has the types of this module elsewhere.
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js'
import type { MetadataStorage } from 'class-transformer/types/MetadataStorage.js'
import type { AnyClass } from '../metadata/fact-kind.js'

/** What `@Type` of class-transformer says of a property. */
export interface NamedType {
  /** The class it names; undefined where it names none that is known before there is a value. */
  readonly type: unknown
  /** Whether a member of the value chooses among several classes. */
  readonly chosen: boolean
}

/** What `@Type` says of a property of a class, or of one of its ancestors; undefined where there is none. */
export function namedType(target: AnyClass, property: string): NamedType | undefined {
  const found = (defaultMetadataStorage as MetadataStorage).findTypeMetadata(target, property)
  if (!found) return undefined
  const { typeFunction, options } = found as Partial<typeof found>
  return {
    type: typeFunction?.({ newObject: {}, object: {}, property }),
    chosen: options?.discriminator !== undefined,
  }
}
