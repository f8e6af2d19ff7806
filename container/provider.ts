import { type Constructor, type Lifetime, type Optioned, type OptionNames, placeOfCall, requireKnown } from 'plinth'
import type { InjectionKey } from './injection-key.js'

/** Gives instances by key; what a factory is called with. */
export interface Resolver {
  readonly resolve: <T>(key: InjectionKey<T>) => T
}

/**
 * Says what stands behind a key. Without a lifetime it is a singleton, unless it is built from something that lives for
 * one request: then it does too. Of several providers of one key the last wins; `@injectAll` gets all of them.
 */
export type Provider<T = unknown> =
  | {
      readonly provide: InjectionKey<T>
      readonly useClass: Constructor<T>
      readonly lifetime?: Lifetime
    }
  | {
      readonly provide: InjectionKey<T>
      /** Is not disposed of: whoever made it does that. */
      readonly useValue: T
      readonly lifetime?: never
    }
  | {
      readonly provide: InjectionKey<T>
      readonly useFactory: (resolver: Resolver) => T
      readonly lifetime?: Lifetime
    }

const providerOptions: OptionNames<Provider> = {
  provide: true,
  useClass: true,
  useValue: true,
  useFactory: true,
  lifetime: true,
}

/**
 * Looks for options that providers do not have.
 * @throws {DefinitionError} `E_OPTION`.
 */
export function requireProviders(given: readonly Provided[], optioned: Optioned): void {
  for (const [index, provided] of given.entries()) {
    if (typeof provided === 'function') continue
    requireKnown(provided, providerOptions, { ...optioned, within: `providers[${index}]` })
  }
}

/** A class that is provided under its own name, or a provider. */
export type Provided = Constructor | Provider

/** A list of providers, each checked: what is used must be what its key promises. */
export type Checked<P> = {
  readonly [I in keyof P]: P[I] extends { readonly provide: InjectionKey<infer T> }
    ? Provider<T>
    : P[I] extends Constructor
      ? P[I]
      : Provided
}

/** A list of providers whose types are checked here, to be given to an application or a container later. */
export function providers<const P extends readonly Provided[]>(list: P & Checked<P>): P {
  requireProviders(list, { subject: 'providers', places: [placeOfCall(providers)] })
  return list
}
