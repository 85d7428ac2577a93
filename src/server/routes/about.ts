import { Hono } from 'hono';
import { answer } from '../json-answers.js';
import { printIso } from '../time.js';
import type { Home } from './context.js';

/** The LangSmith release whose API is followed; the SDKs decide by it what they send. From 0.16 on there are v2 reads. */
const VERSION = '0.18.0';
const EPOCH = printIso(0);

/** What a client asks before it starts: what there is here, and who it is. */
export function aboutRoutes(home: Home): Hono {
  const app = new Hono();
  const { tenantId } = home.store;

  app.get('/info', (context) =>
    answer(context, {
      version: VERSION,
      instance_flags: {
        gzip_body_enabled: true,
        zstd_compression_enabled: true,
        sdb_query_enabled: true,
        dataset_examples_multipart_enabled: home.options.examplesMultipart !== false,
        examples_multipart_enabled: false,
      },
      batch_ingest_config: {
        use_multipart_endpoint: home.options.multipartRuns !== false,
        size_limit: home.maxOperations,
        size_limit_bytes: home.maxBytes,
        scale_up_qsize_trigger: 1000,
        scale_up_nthreads_limit: 16,
        scale_down_nempty_trigger: 4,
      },
    }),
  );

  for (const path of ['/ok', '/info/health']) {
    app.get(path, (context) => {
      context.header('ls-record-home', '1');
      return answer(context, { ok: true });
    });
  }

  app.get('/settings', (context) =>
    answer(context, {
      id: tenantId,
      display_name: 'LangSmith at home',
      tenant_handle: null,
      created_at: EPOCH,
    }),
  );

  app.get('/auth/public', (context) =>
    answer(context, {
      ls_user_id: null,
      organization_id: tenantId,
      tenant_id: tenantId,
      user_email: null,
      user_id: null,
    }),
  );

  app.get('/workspaces', (context) =>
    answer(context, [
      {
        id: tenantId,
        organization_id: tenantId,
        display_name: 'LangSmith at home',
        is_personal: true,
        tenant_handle: null,
        role_name: null,
        permissions: [],
        read_only: false,
        is_deleted: false,
        data_plane_url: null,
      },
    ]),
  );

  app.get('/workspaces/current/usage_limits', (context) =>
    answer(context, { in_reject_set: false, usage_limit_type: null, tenant_limit: null }),
  );

  // Keys of models stay in the environment of whoever runs a judge.
  app.get('/workspaces/current/secrets', (context) => answer(context, []));

  return app;
}
