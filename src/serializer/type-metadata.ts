// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./class-transformer.d.ts" />
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js'
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
  const found = defaultMetadataStorage.findTypeMetadata(target, property)
  if (!found) return undefined
  const { typeFunction, options } = found
  return {
    type: typeFunction({ newObject: {}, object: {}, property }),
    chosen: options?.discriminator !== undefined,
  }
}
