import type { ModelDataSource, Permission } from 'plinth'
import type { Application } from 'plinth/container'

export declare const app: Application
export declare const application: Application
export declare const dataSource: ModelDataSource

export declare const id: number
export declare const admin: Permission<unknown>
export declare const editor: Permission<unknown>
export declare const owner: Permission<object>
