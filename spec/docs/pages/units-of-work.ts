import type { ModelRepository } from 'plinth'

declare class Order {
  id: number
  customer: string
}

declare class Stock {
  id: number
  count: number
}

export declare const orders: ModelRepository<Order>
export declare const stock: ModelRepository<Stock>
export declare const customer: string
export declare const product: number
export declare const mailer: { send(order: number): Promise<void> }
