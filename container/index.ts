export { Container, type ContainerOptions } from './container.js'
export { type InjectionKey, type Token, token } from './injection-key.js'
export { type Checked, type Provided, type Provider, providers, type Resolver } from './provider.js'
export type { Disposable } from './scope.js'
