import { categoriesOf } from '../recommender/model.ts';
import { type Access, hasScope, requireEveryStore, requireOwnAgent, requireStore } from './access.ts';
import { addCommissionRoutes } from './commission-routes.ts';
import { addContestRoutes } from './contest-routes.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { inventoryQuerySchema } from './inventory-query.ts';
import { inventoryTable } from './inventory-table.ts';
import { customersTable } from './present-customer.ts';
import { presentInventory } from './present-inventory.ts';
import { readQuery } from './read-query.ts';
import { answerReport } from './report-answer.ts';
import {
  customersQuerySchema,
  offPolicyChangeSchema,
  type SalesQuery,
  salesQuerySchema,
  upliftQuerySchema,
} from './report-query.ts';
import { offPolicyTable, salesTable, upliftTable } from './report-table.ts';
import { reportTurns } from './report-turns.ts';
import { runInventoryReport } from './run-inventory.ts';
import { unmatchedQuerySchema, unmatchedTable } from './run-unmatched.ts';

export function addReportRoutes(app: GatewayApp, parts: GatewayParts): void {
  const take = reportTurns(parts);

  app.get('/v1/reports/sales', async (context) => {
    const query = ownFigures(context.get('access'), readQuery(context, salesQuerySchema));
    const report = await take(context, (source) => source.ask('sales', query));
    return answerReport(context, report, salesTable);
  });

  app.get('/v1/reports/uplift', async (context) => {
    const query = readQuery(context, upliftQuerySchema);
    const access = context.get('access');
    requireReportStore(access, query.storeId);
    const { model } = parts.tenant(access.tenant).serving;
    const categories = query.split === 'category' ? categoriesOf(model) : undefined;
    const report = await take(context, (source) => source.ask('uplift', query, categories));
    return answerReport(context, report, upliftTable);
  });

  app.get('/v1/reports/customers', async (context) => {
    const query = readQuery(context, customersQuerySchema);
    requireReportStore(context.get('access'), query.storeId);
    const report = await take(context, (source) => source.ask('customers', query));
    return answerReport(context, report, customersTable);
  });

  app.get('/v1/reports/inventory', async (context) => {
    const query = readQuery(context, inventoryQuerySchema);
    const access = context.get('access');
    requireReportStore(access, query.storeId);
    const { inventory, commissions, policy } = parts;
    const { stock, serving } = parts.tenant(access.tenant);
    const report = await take(context, (source) =>
      runInventoryReport(
        {
          ...source,
          inventory,
          commissions,
          policy,
          stock,
          serving,
          goodsSold: (question) => source.ask('goodsSold', question),
        },
        query,
      ),
    );
    const answer = presentInventory(report, serving.model.products);
    return answerReport(context, answer, () => inventoryTable(answer, query.table));
  });

  app.get('/v1/reports/off-policy', async (context) => {
    const query = readQuery(context, offPolicyChangeSchema);
    requireReportStore(context.get('access'), query.storeId);
    const report = await take(context, (source) => source.ask('offPolicy', query));
    return answerReport(context, report, offPolicyTable);
  });

  app.get('/v1/reports/unmatched', async (context) => {
    const query = readQuery(context, unmatchedQuerySchema);
    requireEveryStore(context.get('access'), 'list what counts nowhere');
    const report = await take(context, (source) => source.ask('unmatched', query));
    return answerReport(context, report, unmatchedTable);
  });

  addCommissionRoutes(app, parts, take);
  addContestRoutes(app, parts, take);
}

/** The query as the key may ask it: below analyst only about its own agent. @throws Problem 'forbidden' */
function ownFigures(access: Access, query: SalesQuery): SalesQuery {
  if (hasScope(access, 'analyst')) {
    requireReportStore(access, query.storeId);
    return query;
  }
  requireStore(access, query.storeId);
  return { ...query, agentId: requireOwnAgent(access, query.agentId) };
}

/** @throws Problem 'forbidden' */
function requireReportStore(access: Access, storeId: string | undefined): void {
  if (storeId === undefined) requireEveryStore(access, 'report on all of them');
  else requireStore(access, storeId);
}
