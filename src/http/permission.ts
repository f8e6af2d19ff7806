import type { Call } from './call.js'

/**
 * Who may do something. `E` is what a row rule must see of a row, so that a rule about `ownerId` cannot guard an
 * entity without one.
 */
export interface Permission<in E = never> {
  readonly name: string
  /** Decided before the body is read or a row loaded. */
  allows(call: Call): boolean | Promise<boolean>
  /** Decided for the loaded row. A property and not a method: methods are compared bivariantly. */
  readonly allowsRow?: ((call: Call, row: E) => boolean | Promise<boolean>) | undefined
}
