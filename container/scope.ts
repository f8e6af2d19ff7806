import type { DependencyContainer } from 'tsyringe'
import type { Registration } from './registration.js'

/** Something that frees what it holds when whatever owns it ends. */
export interface Disposable {
  dispose(): void | Promise<void>
}

/** What was made for one owner, the application or a request, and is disposed of with it: the youngest first. */
export class Scope {
  readonly #makeContainer: (scope: Scope) => DependencyContainer
  #container: DependencyContainer | undefined
  readonly #instances = new Map<Registration, unknown>()
  readonly #disposables: Disposable[] = []
  #ended = false

  constructor(makeContainer: (scope: Scope) => DependencyContainer) {
    this.#makeContainer = makeContainer
  }

  /** Made when it is first needed: most requests need none. */
  get container(): DependencyContainer {
    this.#container ??= this.#makeContainer(this)
    return this.#container
  }

  get ended(): boolean {
    return this.#ended
  }

  /** The one instance of the owner. */
  once(registration: Registration, make: () => unknown): unknown {
    const known = this.#instances.get(registration)
    if (known !== undefined || this.#instances.has(registration)) return known
    const instance = make()
    this.#instances.set(registration, instance)
    return instance
  }

  /** Notes that something was made for this owner. */
  own<T>(instance: T): T {
    if (isDisposable(instance)) this.#disposables.push(instance)
    return instance
  }

  /** Disposes of everything, also where something fails; `failed` hears of that. */
  end(failed: (error: unknown, owner: string) => void): void | Promise<void> {
    if (this.#ended) return
    this.#ended = true
    if (this.#disposables.length > 0) return this.#dispose(failed)
  }

  async #dispose(failed: (error: unknown, owner: string) => void): Promise<void> {
    for (const disposable of this.#disposables.toReversed()) {
      try {
        await disposable.dispose()
      } catch (error) {
        failed(error, disposable.constructor.name)
      }
    }
  }
}

function isDisposable(value: unknown): value is Disposable {
  const { dispose } = (value ?? {}) as Partial<Disposable>
  return typeof dispose === 'function' && dispose.length === 0
}
