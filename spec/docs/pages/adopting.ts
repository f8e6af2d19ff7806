import { anyone, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import type { Ordered, Slugged } from 'plinth/decorators'

export { useExpressServer } from 'routing-controllers'
export type { MigrationInterface, QueryRunner } from 'typeorm'

export interface Product extends Slugged {}
export declare class Product {
  id: number
  title: string
}

export interface Task extends Ordered {}
export declare class Task {
  id: number
  label: string
}

class ProductSerializer extends Serializer(Product, { fields: ['id', 'title'] }) {}
export class ProductViewSet extends ModelViewSet(Product, {
  serializer: ProductSerializer,
  permissions: { '*': anyone },
}) {}

export declare class OldController {}
export declare const dataSource: ModelDataSource
export declare const server: { use(path: string, handler: unknown): void }
