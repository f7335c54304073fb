// redis_roundtrip HOST PORT COUNT SUBJECTS: one GET at a time by hiredis, of the keys that bare_redis.py made.
#include "samples.h"
#include <hiredis/hiredis.h>

int main(int count, char **arguments) {
    if (count != 5) return 64;
    redisContext *redis = redisConnect(arguments[1], atoi(arguments[2]));
    if (!redis || redis->err) return 1;
    long rounds = atol(arguments[3]), subjects = atol(arguments[4]);
    struct samples samples = {0};
    for (long round = 0; round < rounds; round++) {
        int64_t start = now();
        redisReply *reply = redisCommand(
            redis, "GET creditd:{0000000000000000000000000000000%012ld}:latest", random() % subjects);
        if (!reply || reply->type != REDIS_REPLY_STRING) return 1;
        freeReplyObject(reply);
        add_sample(&samples, now() - start);
    }
    print_samples(&samples);
    return 0;
}
