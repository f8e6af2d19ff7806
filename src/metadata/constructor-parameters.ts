import 'reflect-metadata'
import type { AnyClass } from './fact-kind.js'

/**
 * The recorded types of a class's constructor parameters, or undefined where no decorator made the compiler record
 * them. Only the class's own record counts: an undecorated subclass inherits a constructor but not its types.
 */
export function constructorParameters(target: AnyClass): readonly unknown[] | undefined {
  return Reflect.getOwnMetadata('design:paramtypes', target) as readonly unknown[] | undefined
}
